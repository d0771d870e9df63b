// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Erc1155Receiver} from "./Erc1155Receiver.sol";
import {IConditionalTokens, IErc20, IPolymarketUsd} from "./Interfaces.sol";

/// Splits, merges and redeems for holders of pUSD with the signatures of Conditional Tokens. The collateral, parent
/// and partition arguments are ignored: positions are always the two outcomes on `ctfCollateral`.
contract CtfCollateralAdapter is Erc1155Receiver {
    IPolymarketUsd public immutable pUsd;
    IConditionalTokens public immutable conditionalTokens;
    IErc20 public immutable usdcE;
    /// The token that position ids derive from: USDC.e, or the wrapped collateral for neg-risk markets.
    address public immutable ctfCollateral;

    constructor(address pUsdToken, address ctf, address usdcEToken, address positionCollateral) {
        pUsd = IPolymarketUsd(pUsdToken);
        conditionalTokens = IConditionalTokens(ctf);
        usdcE = IErc20(usdcEToken);
        ctfCollateral = positionCollateral;
        _approveSpender();
    }

    function splitPosition(address, bytes32, bytes32 conditionId, uint256[] calldata, uint256 amount) external {
        pUsd.transferFrom(msg.sender, address(pUsd), amount);
        pUsd.unwrap(address(usdcE), address(this), amount, address(0), "");
        _split(conditionId, amount);
        conditionalTokens.safeBatchTransferFrom(address(this), msg.sender, _ids(conditionId), _both(amount), "");
    }

    function mergePositions(address, bytes32, bytes32 conditionId, uint256[] calldata, uint256 amount) external {
        conditionalTokens.safeBatchTransferFrom(msg.sender, address(this), _ids(conditionId), _both(amount), "");
        _merge(conditionId, amount);
        _wrapTo(msg.sender, amount);
    }

    /// Redeems all the sender holds of both outcomes.
    function redeemPositions(address, bytes32, bytes32 conditionId, uint256[] calldata) external {
        uint256[] memory ids = _ids(conditionId);
        uint256[] memory amounts = new uint256[](2);
        amounts[0] = conditionalTokens.balanceOf(msg.sender, ids[0]);
        amounts[1] = conditionalTokens.balanceOf(msg.sender, ids[1]);
        conditionalTokens.safeBatchTransferFrom(msg.sender, address(this), ids, amounts, "");
        uint256 before = usdcE.balanceOf(address(this));
        _redeem(conditionId, amounts);
        _wrapTo(msg.sender, usdcE.balanceOf(address(this)) - before);
    }

    function _approveSpender() internal virtual {
        usdcE.approve(address(conditionalTokens), type(uint256).max);
    }

    function _split(bytes32 conditionId, uint256 amount) internal virtual {
        conditionalTokens.splitPosition(ctfCollateral, bytes32(0), conditionId, _partition(), amount);
    }

    function _merge(bytes32 conditionId, uint256 amount) internal virtual {
        conditionalTokens.mergePositions(ctfCollateral, bytes32(0), conditionId, _partition(), amount);
    }

    function _redeem(bytes32 conditionId, uint256[] memory) internal virtual {
        conditionalTokens.redeemPositions(ctfCollateral, bytes32(0), conditionId, _partition());
    }

    function _wrapTo(address to, uint256 amount) internal {
        usdcE.transfer(address(pUsd), amount);
        pUsd.wrap(address(usdcE), to, amount, address(0), "");
    }

    function _ids(bytes32 conditionId) private view returns (uint256[] memory ids) {
        ids = new uint256[](2);
        for (uint256 i = 0; i < 2; i++) {
            bytes32 collection = conditionalTokens.getCollectionId(bytes32(0), conditionId, i + 1);
            ids[i] = conditionalTokens.getPositionId(ctfCollateral, collection);
        }
    }

    function _partition() internal pure returns (uint256[] memory partition) {
        partition = new uint256[](2);
        partition[0] = 1;
        partition[1] = 2;
    }

    function _both(uint256 amount) private pure returns (uint256[] memory amounts) {
        amounts = new uint256[](2);
        amounts[0] = amount;
        amounts[1] = amount;
    }
}
