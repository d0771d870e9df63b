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

    /// Converts NO positions of the sender, as `NegRiskAdapter` does: YES of the other questions and pUSD come back.
    function convertPositions(bytes32 marketId, uint256 indexSet, uint256 amount) external {
        uint256 count = negRiskAdapter.getQuestionCount(marketId);
        if (indexSet >> count != 0) revert NegRiskAdapter.InvalidIndexSet();
        uint256[] memory no = negRiskAdapter.positionIdsOf(marketId, indexSet, false);
        uint256[] memory yes = negRiskAdapter.positionIdsOf(marketId, indexSet ^ ((1 << count) - 1), true);
        conditionalTokens.safeBatchTransferFrom(msg.sender, address(this), no, _times(no.length, amount), "");
        uint256 before = usdcE.balanceOf(address(this));
        negRiskAdapter.convertPositions(marketId, indexSet, amount);
        if (yes.length > 0) {
            uint256 out = amount - amount * negRiskAdapter.getFeeBips(marketId) / negRiskAdapter.FEE_DENOMINATOR();
            conditionalTokens.safeBatchTransferFrom(address(this), msg.sender, yes, _times(yes.length, out), "");
        }
        uint256 dollars = usdcE.balanceOf(address(this)) - before;
        if (dollars > 0) _wrapTo(msg.sender, dollars);
    }

    function _times(uint256 length, uint256 amount) private pure returns (uint256[] memory amounts) {
        amounts = new uint256[](length);
        for (uint256 index = 0; index < length; index++) amounts[index] = amount;
    }
}
