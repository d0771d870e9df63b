// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {CtfCollateralAdapter} from "./CtfCollateralAdapter.sol";
import {NegRiskAdapter} from "./NegRiskAdapter.sol";

/// The adapter of neg-risk markets, whose positions stand on wrapped collateral and go through the neg-risk adapter.
contract NegRiskCtfCollateralAdapter is CtfCollateralAdapter {
    NegRiskAdapter public immutable negRiskAdapter;

    constructor(address pUsdToken, address ctf, address usdcEToken, address wrapped, address adapter)
        CtfCollateralAdapter(pUsdToken, ctf, usdcEToken, wrapped)
    {
        negRiskAdapter = NegRiskAdapter(adapter);
        usdcE.approve(adapter, type(uint256).max);
        conditionalTokens.setApprovalForAll(adapter, true);
    }

    /// Nothing here spends USDC.e but the neg-risk adapter, which the constructor approves.
    function _approveSpender() internal override {}

    function _split(bytes32 conditionId, uint256 amount) internal override {
        negRiskAdapter.splitPosition(conditionId, amount);
    }

    function _merge(bytes32 conditionId, uint256 amount) internal override {
        negRiskAdapter.mergePositions(conditionId, amount);
    }

    function _redeem(bytes32 conditionId, uint256[] memory amounts) internal override {
        negRiskAdapter.redeemPositions(conditionId, amounts);
    }
}
